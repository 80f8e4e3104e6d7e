/** The documents for people and programs, served by the hub itself: nothing is loaded from elsewhere. */
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { documents } from './document/documents.js';
import { ERROR_PAGE_CSP, errorPage } from './document/error-page.js';
import { PROBLEM_PAGE } from './problem.js';

const DOCS_PATH = '/docs';

/** Swagger UI's own scripts and styles, and its icons, which stand in its style as data. */
const UI_CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** The bar above bears another project's name, and a field for documents of other hubs. */
const WITHOUT_FOREIGN_BAR = '.swagger-ui .topbar { display: none }';

export function serveDocs(app: FastifyInstance, version: string): void {
  const { 'openapi.json': document, 'asyncapi.json': protocol } = documents(version);
  void app.register(swagger, { mode: 'static', specification: { document: document as never } });
  void app.register(swaggerUi, {
    routePrefix: DOCS_PATH,
    staticCSP: UI_CSP,
    theme: {
      title: 'The API of Expeditor',
      css: [{ filename: 'expeditor.css', content: WITHOUT_FOREIGN_BAR }],
    },
    uiConfig: { validatorUrl: null },
  });
  app.get(`${DOCS_PATH}/asyncapi.json`, (_request, reply) => reply.send(protocol));
  app.get(PROBLEM_PAGE, (_request, reply) =>
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', ERROR_PAGE_CSP)
      .send(errorPage()),
  );
}
