/** Names of backups by the second in which they were made, so that they sort by age. */

const NAME = /^expeditor-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.tar$/;
/** What a backup is called until it is whole and on the disk. */
export const PART_ENDING = '.part';

/** `expeditor-20261121T200000Z.tar`, from UTC epoch milliseconds. */
export function backupName(at: number): string {
  return `expeditor-${compactTime(at)}.tar`;
}

/** `20261121T200000Z`. */
export function compactTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** When a backup of this name was made, in UTC epoch milliseconds; null: it is no name of a backup. */
export function backupTime(name: string): number | null {
  if (!NAME.test(name)) return null;
  return Date.parse(name.replace(NAME, '$1-$2-$3T$4:$5:$6Z'));
}
