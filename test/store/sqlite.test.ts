/** The contract of the Store port on the SQLite engine. */
import { describeStore } from './contract.js';
import { openFreshSqlite } from '../support/sqlite-store.js';

describeStore('SQLite', openFreshSqlite);
