import { MemoryAnswerCache } from '../../src/http/answer-cache.ts';
import type { TestApp } from './app.ts';

/** The series of reads that may be answered from memory: those that were, and those that were not. */
export const HIT = 'holdfast_cache_reads_total result=hit';
export const MISS = 'holdfast_cache_reads_total result=miss';

/** Lets the application keep answers, though no database tells it of changes: only for changes made through itself. */
export function keepAnswers({ ctx }: TestApp): void {
  if (!(ctx.cache instanceof MemoryAnswerCache)) throw new Error('Bug: a cache that can not be told to keep answers');
  ctx.cache.setHearing(true);
}
