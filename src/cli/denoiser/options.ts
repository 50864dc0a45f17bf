import { type Command, Option } from 'commander';
import { UsageError } from '../terminal/failure.js';
import { choiceOption, integerOption, integersOption, positiveOption } from '../terminal/options.js';
import { CHECKPOINT_EVERY, DEFAULTS, PRINT_EVERY } from './settings.js';

/** Adds the options of `train` that are for images and points. */
export function addDenoiserOptions(command: Command): Command {
  command
    .optionsGroup('Images and points:')
    .option(
      '--images <path...>',
      'learn to denoise these: IDX files, folders or files of PNG and JPEG, npy [n,h,w(,c)], batches of CIFAR-10',
    )
    .option('--points <file>', 'learn to denoise these: points of any dimension, csv or npy [n, dim]')
    .option(
      '--labels <file>',
      'classes of --images, IDX or npy (default: beside an IDX file, or folders by name)',
    )
    .addOption(sizeOption())
    .option('--grey', 'make coloured images grey')
    .addOption(
      integerOption('--held-out <n>', 'the last n are not trained on (default: a tenth, at most 1000)', 0),
    )
    .addOption(
      choiceOption(
        '--network <kind>',
        `unet (default for images; ${batches('unet')}), mlp (for points; ${batches('mlp')}, --width 256, --depth 3), or energy, ` +
          `whose score is that of a density, for mala, hmc and nuts (steps of mlp, --width 128, --depth 2); ` +
          `saved every ${CHECKPOINT_EVERY} steps, printed every ${PRINT_EVERY}`,
        ['unet', 'mlp', 'energy'],
      ),
    );
  return addUnetOptions(command)
    .option('--classes', 'tell the network the class of each image, so that it can make images of one class')
    .addOption(
      positiveOption(
        '--sigma <x>',
        'train at this noise alone; --sigma-min and --sigma-max: between two (default: at all, log-normal about the data)',
      ),
    )
    .addOption(
      positiveOption(
        '--average <n>',
        'images after which the average of the weights forgets half (default: 20000)',
      ),
    );
}

/** "3000 steps of 32": what is done where the command line does not say. */
const batches = (kind: keyof typeof DEFAULTS) => `${DEFAULTS[kind].steps} steps of ${DEFAULTS[kind].batch}`;

/** Adds the options of a U-Net. */
export function addUnetOptions(command: Command): Command {
  return command
    .addOption(
      integersOption(
        '--channels <n,n,...>',
        'of the levels of a unet, from the finest (default: 16,32,32)',
        1,
      ),
    )
    .addOption(integerOption('--blocks <n>', 'residual blocks a level (default: 1)'))
    .addOption(integerOption('--groups <n>', 'groups of a normalisation (default: 8)'))
    .addOption(attentionOption());
}

/** The option --size, height x width. */
function sizeOption(): Option {
  return new Option('--size <h>x<w>', 'crop and scale images to this size').argParser((text) => {
    const match = /^([1-9]\d*)[xX]([1-9]\d*)$/.exec(text);
    if (!match)
      throw new UsageError(`--size must be as 28x28, height and width, got ${JSON.stringify(text)}`);
    return { height: Number(match[1]), width: Number(match[2]) };
  });
}

function attentionOption(): Option {
  return new Option(
    '--attention <where>',
    'of a unet: none, middle (default), or levels from 0, the finest, as 1,2',
  ).argParser((text) => {
    if (text === 'none' || text === 'middle') return text;
    if (/^\d+(,\d+)*$/.test(text)) return text.split(',').map(Number);
    throw new UsageError(
      `--attention must be none, middle or levels such as 1,2, got ${JSON.stringify(text)}`,
    );
  });
}
