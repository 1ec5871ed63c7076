/** Keeps the writes that functions make in the engine's thread behind the door, for whoever asks from another thread. */
import { client } from '../../../shared/store/table-client.ts';
import { CHANNEL } from './recording-functions.ts';
import { COMMANDS, type CommandName, type Write } from './replay.ts';

let recorded: Write[] = [];
const channel = new BroadcastChannel(CHANNEL);
channel.onmessage = () => {
  channel.postMessage(recorded);
  recorded = [];
};

client().middlewareStack.add(
  (next, context) => async (args) => {
    // The client of documents runs commands of the same names, less a suffix, on the same input.
    const name = String(context.commandName)
      .replace(/(Item|Items)?Command$/, '')
      .concat('Command');
    if (Object.hasOwn(COMMANDS, name))
      recorded.push({ name: name as CommandName, input: structuredClone(args.input) as Write['input'] });
    return next(args);
  },
  { step: 'initialize', name: 'recordWrites', priority: 'high' },
);
