import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** What starts servers and plays hundreds of rounds goes first, so that the workers end together; the rest is as usual. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    const isRace = ({ moduleId }: TestSpecification) => moduleId.includes('/test/races/');
    return [...usual.filter(isRace), ...usual.filter((file) => !isRace(file))];
  }
}
