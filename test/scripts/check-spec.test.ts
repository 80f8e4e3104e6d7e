import { afterEach, describe, expect, it } from 'vitest';
import { plant, runNode, type Fixture } from './fixture.js';

describe('check-spec', () => {
  let fixture: Fixture | undefined;
  afterEach(() => fixture?.remove());

  function check(files: Record<string, string>) {
    fixture = plant(files);
    return runNode('scripts/check-spec.mjs', [fixture.folder]);
  }

  const TEST = `
    import { describe, it } from 'vitest';
    describe('P-HELLO-1 the first message', () => {
      it('I1 I4, D-PAY-3 money is there once', () => {});
      it.each([1, 2])('S-2 row %s', () => {});
      it(\`H-7 \${1 + 1} clients\`, () => {});
      it('in plain words', () => {});
    });`;

  it('is content when every number has a test and every title a number that exists', () => {
    const spec = ['P-HELLO-1', 'I1', 'I4', 'D-PAY-3', 'S-2', 'H-7']
      .map((number) => `- **${number}** text`)
      .join('\n');
    const outcome = check({ 'docs/spec.md': spec, 'test/a.test.ts': TEST });
    expect(outcome).toEqual({ code: 0, output: '6 numbers, 6 shown by tests, 0 faults\n' });
  });

  it('names a number without a test', () => {
    const outcome = check({ 'docs/spec.md': '- **D-PAY-9** never shown', 'test/a.test.ts': '' });
    expect(outcome.code).toBe(1);
    expect(outcome.output).toContain('D-PAY-9 has no test');
  });

  it('names a title whose number no line of the specification has', () => {
    const outcome = check({ 'docs/spec.md': '', 'test/deep/a.test.ts': `it('D-PAY-8 gone', f);` });
    expect(outcome.code).toBe(1);
    expect(outcome.output).toContain('test/deep/a.test.ts: "D-PAY-8 gone" names D-PAY-8');
  });

  it('names a number that stands twice', () => {
    const outcome = check({
      'docs/spec.md': '- **S-1** one\n- **S-1** other',
      'test/a.test.ts': `it('S-1 x', f);`,
    });
    expect(outcome.code).toBe(1);
    expect(outcome.output).toContain('S-1 stands twice');
  });
});
