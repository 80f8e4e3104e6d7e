/** The certificate and key that the hub itself speaks TLS with, where no reverse proxy does. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Config } from './settings.js';
import { OperatorError } from './operator-error.js';

export interface TlsFiles {
  /** PEM; the certificate first, then those that it hangs on. */
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Null: plain HTTP. Throws an OperatorError where the files will not do. */
export function readTls({ tlsCert, tlsKey }: Pick<Config, 'tlsCert' | 'tlsKey'>): TlsFiles | null {
  if (tlsCert === null || tlsKey === null) return null;
  const cert = readPem('--tls-cert', tlsCert);
  const key = readPem('--tls-key', tlsKey);
  const certificate = parsed('--tls-cert', tlsCert, () => new X509Certificate(cert));
  const privateKey = parsed('--tls-key', tlsKey, () => createPrivateKey(key));
  if (certificate.checkPrivateKey(privateKey)) return { cert, key };
  throw new OperatorError(
    '--tls-key',
    `"${tlsKey}" is not the key of "${tlsCert}"`,
    'give its own',
  );
}

function readPem(flag: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OperatorError(flag, reason, 'give a file that can be read', error);
  }
}

function parsed<T>(flag: string, path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const mend = 'give a PEM file without a passphrase';
    throw new OperatorError(flag, `"${path}" holds none that can be read`, mend, error);
  }
}
