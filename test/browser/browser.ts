/** The browser of the machine, without a window and with a profile that ends with it. */
import { chromium, type Browser } from 'playwright-core';
import { LAN_HOST } from './site.js';

/** Pages of one context share an origin's storage, as a person's tabs do. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', `--host-resolver-rules=MAP ${LAN_HOST} 127.0.0.1`],
  });
}
