/** Marks a file as a hub's database: "EXPD" in SQLite's header. */
export const APPLICATION_ID = 0x45585044;
