/** The HTTP API as one plugin: its routes, with its own bodies and faults, under `API_PREFIX`. */
import type { FastifyInstance } from 'fastify';
import { takeJsonBodies } from './body.js';
import type { ApiContext } from './context.js';
import { answerOtherMethods } from './methods.js';
import { registerRoutes } from './register.js';
import { API_PREFIX } from './route.js';
import { ROUTES } from './routes/index.js';

export function registerApi(app: FastifyInstance, context: ApiContext): void {
  void app.register(
    (api, _options, done) => {
      takeJsonBodies(api);
      registerRoutes(api, context, ROUTES);
      answerOtherMethods(api, ROUTES);
      done();
    },
    { prefix: API_PREFIX },
  );
}
