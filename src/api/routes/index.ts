/** Every route of the API, in the order of its document. To add one: write it in the file of its noun and name that here. */
import type { Route } from '../route.js';
import { commandRoutes } from './commands.js';

export const ROUTES: readonly Route[] = [...commandRoutes];
