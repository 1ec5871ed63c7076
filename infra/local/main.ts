/** `npm start`. Compiled code is kept between starts: reading some hundred files anew takes seconds. */
import { enableCompileCache } from 'node:module';

enableCompileCache();
await import('./command.ts');
