import { z } from 'zod';
import { catalogueCode } from '../../http/contract/fields.ts';

/** Longer than any list of people or services a property has. */
const MAX_CODES = 200;

/** A list of codes, none of them twice. */
export const catalogueCodes = z
  .array(catalogueCode)
  .max(MAX_CODES)
  .superRefine((codes, context) => {
    const index = codes.findIndex((code, at) => codes.indexOf(code) < at);
    if (index !== -1) context.addIssue({ code: 'custom', path: [index], message: 'is in the list already' });
  });
