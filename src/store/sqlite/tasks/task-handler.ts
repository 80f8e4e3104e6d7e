/** How one kind of task is done. It runs inside a transaction that is rolled back where it throws. */
export interface TaskHandler<Task, Value> {
  /**
   * True: on the disk before it is told, whatever the store's durability, so that files may be altered by it. False: not
   * synced; what a crash undoes of it is found and done again.
   */
  readonly synced: boolean;
  /** True: references are not checked, since children may stay behind their parents for a while. */
  readonly unchecked: boolean;
  run(task: Task): Value;
}
