/** The directory tree that a cut leaves. */
import type { Tree } from '../recording/tree.js';
import type { Disk } from './disk.js';
import type { DirectoryNode, FileNode, Node } from './nodes.js';

/** Walks the names that `names` shows; `bytes` says what each file holds. */
export function imageOf(
  root: DirectoryNode,
  names: (directory: DirectoryNode) => ReadonlyMap<string, Node>,
  bytes: (file: FileNode, path: string) => Buffer,
): Tree {
  const directories: string[] = [];
  const files = new Map<string, Buffer>();
  const walk = (directory: DirectoryNode, path: string): void => {
    for (const [name, node] of names(directory)) {
      const inside = path + name;
      if (node.kind === 'file') files.set(inside, bytes(node, inside));
      else {
        directories.push(inside);
        walk(node, `${inside}/`);
      }
    }
  };
  walk(root, '');
  return { directories, files };
}

/** What `kill -9` leaves: the kernel keeps all that was done. */
export function killImage(disk: Disk): Tree {
  return imageOf(
    disk.root,
    ({ present }) => present,
    ({ present }) => Buffer.from(present.view),
  );
}
