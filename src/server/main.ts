#!/usr/bin/env node
/** The program `expeditor`. */
import { runCommandLine } from './cli/program.js';

await runCommandLine(process.argv);
