/** A commit request as the tuple that crosses to the writer: rows become one JSON text, which is the event's too. */
import { serialChanges } from '../../domain/change-set.js';
import type { CommitRequest } from '../port.js';
import type { CommitItem } from './messages.js';

export function encodeRequest(request: CommitRequest): CommitItem {
  return [
    request.branchId,
    request.key,
    request.requestHash,
    request.command,
    request.actor,
    request.deviceId,
    request.correlationId,
    request.at,
    request.requiresShift,
    request.zNumberOf,
    request.raisesHorizon,
    JSON.stringify(serialChanges(request.changeSet)),
    JSON.stringify(request.result),
    request.secrets === undefined ? null : JSON.stringify(request.secrets),
    request.adopts === undefined ? null : JSON.stringify(request.adopts),
    request.summary === undefined ? null : JSON.stringify(request.summary),
  ];
}
