/**
 * The disk of a recorded hub, step by step: what all readers see, and what is certain to be there after a power loss. A
 * file's bytes and size are certain once an fsync of it that began after them has returned; a name once an fsync of each
 * directory that it concerns has.
 */
import type { Step } from '../recording/step.js';
import type { Tree } from '../recording/tree.js';
import {
  applyNames,
  DirectoryNode,
  FileNode,
  type NameChange,
  type Node,
  type Place,
} from './nodes.js';

interface Sync {
  readonly node: Node;
  readonly began: number;
}

export class Disk {
  readonly root = new DirectoryNode();
  /** In the order in which they were made. */
  uncertainNames: readonly NameChange[] = [];
  /** Steps taken. */
  at = 0;
  readonly #syncs = new Map<number, Sync>();

  /** All of what was there before the first step is certain. */
  constructor({ directories, files }: Tree) {
    for (const path of directories) this.#begin(path, new DirectoryNode());
    for (const [path, bytes] of files) this.#begin(path, new FileNode(bytes));
  }

  take(step: Step): void {
    switch (step.kind) {
      case 'create':
        this.#name(null, { ...this.#place(step.path), node: new FileNode(Buffer.alloc(0)) });
        break;
      case 'make_directory':
        this.#name(null, { ...this.#place(step.path), node: new DirectoryNode() });
        break;
      case 'write':
        this.#file(step.path).change({ ...step, at: this.at });
        break;
      case 'truncate':
        this.#file(step.path).change({ ...step, at: this.at });
        break;
      case 'rename':
        this.#name(this.#place(step.path), {
          ...this.#place(step.to),
          node: this.#find(step.path),
        });
        break;
      case 'link':
        this.#name(null, { ...this.#place(step.to), node: this.#find(step.path) });
        break;
      case 'unlink':
        this.#name(this.#place(step.path), null);
        break;
      case 'sync_begins':
        this.#syncs.set(step.call, { node: this.#find(step.path), began: this.at });
        break;
      case 'sync_ends':
        this.#synced(step.call);
        break;
      case 'acknowledged':
      case 'said':
        break;
    }
    this.at += 1;
  }

  /** What every reader sees; a view: not to be kept over the next step. */
  bytesOf(path: string): Buffer {
    return this.#file(path).present.view;
  }

  #begin(path: string, node: Node): void {
    const { directory, name } = this.#place(path);
    directory.present.set(name, node);
    directory.certain.set(name, node);
  }

  #name(removes: Place | null, adds: NameChange['adds']): void {
    const directories = [removes?.directory, adds?.directory];
    const lacks = new Set(directories.filter((directory) => directory !== undefined));
    const change = { at: this.at, removes, adds, lacks };
    applyNames(change, ({ present }) => present);
    this.uncertainNames = [...this.uncertainNames, change];
  }

  #synced(call: number): void {
    const sync = this.#syncs.get(call);
    this.#syncs.delete(call);
    if (sync === undefined) throw new Error('an fsync ended that had not begun');
    const { node, began } = sync;
    if (node.kind === 'file') {
      node.synced(began);
      return;
    }
    const left: NameChange[] = [];
    for (const change of this.uncertainNames) {
      const lacks = new Set(change.lacks);
      if (change.at < began) lacks.delete(node);
      if (lacks.size > 0) left.push({ ...change, lacks });
      else applyNames(change, ({ certain }) => certain);
    }
    this.uncertainNames = left;
  }

  #place(path: string): Place {
    const cut = path.lastIndexOf('/');
    const directory = cut < 0 ? this.root : this.#find(path.slice(0, cut));
    if (directory.kind !== 'directory') throw new Error(`${path} is in no directory`);
    return { directory, name: path.slice(cut + 1) };
  }

  #file(path: string): FileNode {
    const node = this.#find(path);
    if (node.kind !== 'file') throw new Error(`${path} is no file`);
    return node;
  }

  #find(path: string): Node {
    let node: Node = this.root;
    for (const name of path === '' ? [] : path.split('/')) {
      const next: Node | undefined = node.kind === 'directory' ? node.present.get(name) : undefined;
      if (next === undefined) throw new Error(`${path} is not there at step ${this.at}`);
      node = next;
    }
    return node;
  }
}
