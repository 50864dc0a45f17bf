/** A program with those names of the library left out of its import that it does not use. */
export function withUsedNames(code: string): string {
  return code.replace(/import \{([^}]*)\} from 'scorefield';/, (statement, list: string) => {
    const rest = code.replace(statement, '');
    const used = list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && new RegExp(`\\b${name}\\b`).test(rest));
    return `import { ${used.join(', ')} } from 'scorefield';`;
  });
}
