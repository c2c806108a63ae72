import { describe, expect, it } from 'vitest';
import { cornersText, freeId, oneIn, readCorners, readPlace, thresholdChange, thresholdWords } from './words';

describe('a threshold', () => {
  it('is said as one in so many, with the costs that it stands for', () => {
    expect([0.02, 0.1, 0.4, 0.5].map(oneIn)).toEqual(['1 in 50', '1 in 10', '1 in 2.5', '1 in 2']);
    expect(thresholdWords(0.1)).toContain('1 in 10 or more. That holds a missed round for 9 times as bad');
    expect(thresholdWords(0.8)).toContain('less bad');
    expect(thresholdWords(1.5)).toBe('A chance lies between 0 and 1.');
  });

  it('says what a change of it does', () => {
    expect(thresholdChange(0.05, 0.02)).toBe('Warned from a chance 2.5 times smaller: earlier, and more often for nothing.');
    expect(thresholdChange(0.02, 0.4)).toContain('20 times greater: later');
    expect(thresholdChange(0.1, 0.1)).toBe('No change.');
  });
});

describe('corners', () => {
  it('are read as they are shown', () => {
    const ring = [[44.38, 33.305], [44.39, 33.305], [44.39, 33.31]];
    expect(cornersText(ring)).toBe('33.305, 44.38\n33.305, 44.39\n33.31, 44.39');
    expect(readCorners(`${cornersText(ring)}\n\n`)).toEqual({ ring });
    expect(readPlace('  33.3 ; 44.4 ')).toEqual({ place: [44.4, 33.3] });
  });

  it('are refused with line and reason', () => {
    expect(readCorners('33, 44\n33 44 5\n')).toEqual({ fault: expect.stringMatching(/^Line 2: write latitude/) as string });
    expect(readCorners('133, 44')).toEqual({ fault: expect.stringContaining('swapped') as string });
    expect(readCorners('33, 244')).toEqual({ fault: expect.stringContaining('longitude 244') as string });
    expect(readCorners('33, 44\n33, 45')).toEqual({ fault: '2 corners; an outline needs at least 3.' });
  });
});

it('makes ids out of names', () => {
  expect(freeId('East Depot (new)', new Set())).toBe('east-depot-new');
  expect(freeId('Depot', new Set(['depot', 'depot-2']))).toBe('depot-3');
  expect(freeId('المستشفى', new Set())).toBe('zone');
});
