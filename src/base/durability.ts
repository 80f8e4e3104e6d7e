/** How far an acknowledged change is on the disk. */

/** `full`: fsynced before the answer. `normal`: the last moments may be lost with the power. `none`: memory only. */
export type Durability = 'full' | 'normal' | 'none';
