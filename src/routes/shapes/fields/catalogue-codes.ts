import { z } from 'zod';
import { catalogueCode } from '../../../http/contract/fields.ts';

/** Exceeds the providers and services of one property. */
const MAX_CODES = 200;

/** A list of distinct codes. */
export const catalogueCodes = z
  .array(catalogueCode)
  .max(MAX_CODES)
  .superRefine((codes, context) => {
    const index = codes.findIndex((code, at) => codes.indexOf(code) < at);
    if (index !== -1) context.addIssue({ code: 'custom', path: [index], message: 'must not be repeated' });
  });
