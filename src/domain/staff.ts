/** People and devices as they come: nobody has a PIN, a password or a token yet. */
import type { Device, Role, Staff } from './rows.js';

interface Described {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

export function newStaff(branchId: string, person: Described): Staff {
  return {
    ...person,
    branch_id: branchId,
    active: true,
    tokens_from: null,
    pin_set_at: null,
    password_set_at: null,
    version: 1,
  };
}

export function newDevice(branchId: string, device: Described): Device {
  return {
    ...device,
    branch_id: branchId,
    active: true,
    tokens_from: null,
    paired_at: null,
    version: 1,
  };
}
