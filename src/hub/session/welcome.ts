/** The answer to `hello`: who the client is here, and the rules. */
import { MESSAGE_BYTES_MAX } from '../../protocol/limits.js';
import type { Principal, WelcomeMessage } from '../../protocol/messages.js';
import type { SessionHost } from './session-host.js';

export function welcomeMessage(
  { epoch, clock, limits, durability }: SessionHost,
  to: { readonly id: string; readonly sessionId: string; readonly principal: Principal },
): WelcomeMessage {
  return {
    type: 'welcome',
    ...to,
    epoch,
    serverTime: clock.now(),
    heartbeatMs: limits.heartbeatMs,
    durability,
    limits: {
      message_bytes_max: MESSAGE_BYTES_MAX,
      subscriptions_max: limits.subscriptionsMax,
      commands_in_flight_max: limits.commandsInFlightMax,
      commands_per_minute: limits.commandsPerMinute,
    },
  };
}
