/** The process of one side: opens it, tells the port, and ticks when it is told to. Arguments: side, data directory. */
import { openBareTcp } from '../peers/bare-tcp.js';
import { openJsonPerClient, openSharedBuffer } from '../peers/plain-ws.js';
import { openSocketIoRoom } from '../peers/socket-io-room.js';
import type { Broadcaster, Side } from './broadcaster.js';
import { openHubSide } from './hub-side.js';
import { Pacer, type Phase, type PhaseReport } from './pace.js';

export type FromServer =
  { readonly type: 'open'; readonly port: number } | ({ readonly type: 'done' } & PhaseReport);

const OPEN: Readonly<Record<Side, (directory: string) => Promise<Broadcaster>>> = {
  'the hub': openHubSide,
  'bare TCP': openBareTcp,
  'ws.send of a shared buffer': openSharedBuffer,
  'Socket.IO room': openSocketIoRoom,
  'JSON.stringify per client': openJsonPerClient,
};

const [side = '', directory = ''] = process.argv.slice(2);
const pacer = new Pacer();
const broadcaster = await OPEN[side as Side](directory);

function tell(message: FromServer): void {
  process.send?.(message);
}

process.on('message', (phase: Phase) => {
  void pacer.run(broadcaster, phase).then((report) => {
    tell({ type: 'done', ...report });
  });
});
process.on('disconnect', () => process.exit(0));
tell({ type: 'open', port: broadcaster.port });
