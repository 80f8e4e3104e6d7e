/** Every route of the API, in the order of its document. To add one: write it in the file of its noun and name that here. */
import type { Route } from '../route.js';
import { archiveRoutes } from './archive.js';
import { authRoutes } from './auth.js';
import { branchRoutes } from './branch.js';
import { cacheRoutes } from './cache.js';
import { commandRoutes } from './commands.js';
import { deviceRoutes } from './devices.js';
import { historyRoutes } from './history.js';
import { kitchenRoutes } from './kitchen.js';
import { menuRoutes } from './menu.js';
import { orderRoutes } from './orders.js';
import { privacyRoutes } from './privacy.js';
import { reportRoutes } from './reports.js';
import { settingRoutes } from './settings.js';
import { staffRoutes } from './staff.js';

export const ROUTES: readonly Route[] = [
  ...authRoutes,
  ...commandRoutes,
  ...orderRoutes,
  ...historyRoutes,
  ...kitchenRoutes,
  ...reportRoutes,
  ...menuRoutes,
  ...branchRoutes,
  ...settingRoutes,
  ...staffRoutes,
  ...deviceRoutes,
  ...cacheRoutes,
  ...archiveRoutes,
  ...privacyRoutes,
];
