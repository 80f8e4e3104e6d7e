/** The hub as a library: start it inside a program of your own, or put it together from its parts. */
export { startServer, type Overrides } from './server/compose.js';
export type { ErrorFields, ErrorTracker } from './server/error-tracking.js';
export type { RunningServer } from './server/running-server.js';
export { readConfig, type ConfigSources, type ReadConfig } from './server/config.js';
export type { Config } from './server/settings.js';
export { OperatorError } from './server/operator-error.js';
export { openHub } from './hub/open.js';
export type { Hub, HubState } from './hub/hub.js';
export type { HubLimits, HubOptions, TokenVerdict } from './hub/options.js';
export type { Connection, ConnectionEvents, Frame, FrameMessage } from './hub/connection.js';
export type { Store } from './store/port.js';
