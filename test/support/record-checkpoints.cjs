/** Loaded into every thread of a program (NODE_OPTIONS=--require): writes what it asks of the log to the file that RECORDED names. */
const { appendFileSync } = require('node:fs');
const { basename } = require('node:path');
const Database = require('better-sqlite3');

for (const name of ['pragma', 'prepare', 'exec']) {
  const asked = Database.prototype[name];
  Database.prototype[name] = function (sql, ...rest) {
    if (/checkpoint|journal_mode|busy_timeout/i.test(sql)) {
      appendFileSync(process.env.RECORDED, `${basename(this.name)}: ${sql}\n`);
    }
    return asked.call(this, sql, ...rest);
  };
}
