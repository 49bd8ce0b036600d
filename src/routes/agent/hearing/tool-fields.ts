import { z } from 'zod';
import { phone, text } from '../../../http/contract/fields.ts';

// Arguments that mean the same in every tool. A model fills them from what a caller says, so they take words where an API
// would take codes; what is not there may be absent, null or empty.

const word = text(100);
const words = text(200);

/** When something is to begin. */
export const whenFields = {
  when: words
    .optional()
    .describe('The day and time in the words of the caller, such as "next Tuesday at 3 pm". The server resolves them.'),
  date: words.optional().describe('The day alone: 2027-05-18, or words such as "tomorrow".'),
  time: words.optional().describe('The time alone, on the clock of the property: 15:00, or "3 pm".'),
  startsAt: text(40)
    .optional()
    .describe('Instead of words: an exact start such as 2027-05-18T15:00, as offered by check_availability.'),
};

export const serviceFields = {
  service: word.optional().describe('The service, by its code or its name.'),
  provider: word.optional().describe('Who is to do it, by code or name. Whoever is free, when nobody is named.'),
};

export const nightFields = {
  checkIn: words.optional().describe('For a room: the day of arrival, as a date or in words.'),
  checkOut: words.optional().describe('For a room: the day of departure, as a date or in words.'),
};

export const stayFields = {
  roomType: word.optional().describe('For a room: the room type, by its code or its name.'),
  ...nightFields,
};

export const personsFields = {
  adults: z.int().min(1).max(500).optional().describe('How many adults.'),
  children: z.int().min(0).max(500).optional().describe('How many children.'),
};

export const placeFields = {
  address: z
    .strictObject({
      line1: text(200),
      line2: text(200).optional(),
      city: text(100),
      region: text(100).optional(),
      postalCode: text(20),
      country: z.string().trim().toUpperCase().length(2).describe('Two letters.'),
    })
    .optional()
    .describe('Where it takes place, for services that come to the guest.'),
  zone: word.optional().describe('The travel zone by code or name, where there is no address yet.'),
};

/** What shows that a caller may speak of a booking. */
export const personFields = {
  code: z.string().trim().toUpperCase().max(30).optional().describe('The booking code, such as BK-2027-0012.'),
  phone: phone.optional().describe('The telephone number of the guest, in any spelling.'),
  lastName: word.optional().describe('The surname of the guest.'),
};

export const confirmField = {
  confirm: text(40)
    .optional()
    .describe('The token of the proposal, once the caller has said yes. Without it nothing is changed.'),
};
