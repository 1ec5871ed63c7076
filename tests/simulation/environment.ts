/** The functions' environment, as an object of this process: each look into the machine's own costs a call. */
import '../support/environment.ts';

process.env = { ...process.env, VAULT_KEY_ID: 'vault-key' };
