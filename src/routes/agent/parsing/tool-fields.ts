import { z } from 'zod';
import { phone, text } from '../../../http/contract/fields.ts';

// Arguments shared by the tools. A model fills arguments from the caller's speech, so names and words are accepted beside
// codes, and a missing argument may be absent, null or empty.

const word = text(100);
const words = text(200);

/** The requested start. */
export const whenFields = {
  when: words
    .optional()
    .describe('The day and time in the caller’s words, such as "next Tuesday at 3 pm". The server resolves the words.'),
  date: words.optional().describe('The day alone: 2027-05-18, or words such as "tomorrow".'),
  time: words.optional().describe('The time alone, local to the property: 15:00, or "3 pm".'),
  startsAt: text(40)
    .optional()
    .describe('Replaces words: an exact start such as 2027-05-18T15:00, as offered by check_availability.'),
};

export const serviceFields = {
  service: word.optional().describe('The service, by code or name.'),
  provider: word.optional().describe('The provider, by code or name. Any free provider by default.'),
};

export const nightFields = {
  checkIn: words.optional().describe('For a room: the day of arrival, as a date or in words.'),
  checkOut: words.optional().describe('For a room: the day of departure, as a date or in words.'),
};

export const stayFields = {
  roomType: word.optional().describe('For a room: the room type, by code or name.'),
  ...nightFields,
};

export const personsFields = {
  adults: z.int().min(1).max(500).optional().describe('The number of adults.'),
  children: z.int().min(0).max(500).optional().describe('The number of children.'),
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
    .describe('The address, for services at the guest’s place.'),
  zone: word.optional().describe('The travel zone, by code or name, when the address is not known yet.'),
};

/** Arguments that prove the caller's access to a booking. */
export const personFields = {
  code: z.string().trim().toUpperCase().max(30).optional().describe('The booking code, such as BK-2027-0012.'),
  phone: phone.optional().describe('The telephone number of the guest, in any format.'),
  lastName: word.optional().describe('The surname of the guest.'),
};

export const confirmField = {
  confirm: text(40)
    .optional()
    .describe('The token of the proposal, once the caller has agreed. Without the token nothing changes.'),
};
