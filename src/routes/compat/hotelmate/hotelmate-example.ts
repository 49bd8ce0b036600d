// Examples for bookings in HotelMate's format in the API document.

const guest = { first_name: 'Aoife', last_name: 'Byrne', email: 'aoife@example.com', phone: '+353 1 555 0100' };

export const exampleHotel = {
  slug: 'harbour-hotel',
  name: 'Harbour Hotel',
  timezone: 'Europe/Dublin',
  phone: '+353 1 555 0199',
};
export const exampleDates = { check_in: '2027-05-14', check_out: '2027-05-15', nights: 1 };
export const exampleCounts = { adults: 2, children: 0, total_guests: 2 };

export const examplePricing = {
  currency: 'EUR',
  lines: [
    {
      kind: 'NIGHT',
      label: 'Suite, night of 2027-05-14',
      quantity: 1,
      unit_amount: '289.00',
      amount: '289.00',
      date: '2027-05-14',
    },
  ],
  subtotal: '289.00',
  discount: '0.00',
  subtotal_after_promo: '289.00',
  taxes: '34.37',
  tax_lines: [{ name: 'VAT', rate_bps: 1350, inclusive: true, amount: '34.37' }],
  total: '289.00',
  deposit_due: '289.00',
  balance_due: '0.00',
};

export const exampleHotelmateBooking = {
  booking_id: 'BK-2027-0042',
  status: 'PENDING_PAYMENT',
  version: 1,
  source: 'COMPAT',
  hotel_info: exampleHotel,
  room_info: { room_type_code: 'SUITE', room_type_name: 'Suite', assigned_room_number: null },
  dates_info: exampleDates,
  guest_info: { ...guest, ...exampleCounts },
  party: [{ role: 'PRIMARY', ...guest, is_staying: true }],
  booker: null,
  special_requests: 'A quiet room, please',
  pricing: examplePricing,
  payment: {
    required: true,
    stage: 'NONE',
    paid_amount: '0.00',
    balance_due: '289.00',
    expires_at: '2027-05-01T09:10:00.000Z',
    seconds_left: 600,
  },
  created_at: '2027-05-01T09:00:00.000Z',
  updated_at: '2027-05-01T09:00:00.000Z',
};

export const exampleHotelmateStaffBooking = {
  ...exampleHotelmateBooking,
  id: '01980c4e-7f3a-7000-8000-000000000001',
  status: 'CONFIRMED',
  version: 3,
  payment: {
    required: false,
    stage: 'CAPTURED',
    paid_amount: '289.00',
    balance_due: '0.00',
    expires_at: null,
    seconds_left: null,
    provider: 'STRIPE',
    authorized_at: '2027-05-01T09:03:00.000Z',
    capture_before: null,
    paid_at: '2027-05-01T10:00:00.000Z',
    records: [
      {
        method: 'CARD',
        stage: 'CAPTURED',
        amount: '289.00',
        refunded_amount: '0.00',
        reference: 'pi_…4nX2',
        created_at: '2027-05-01T09:01:00.000Z',
      },
    ],
  },
  assignment_version: 0,
  decision_by: '01980c4e-7f3a-7000-8000-000000000003',
  decision_at: '2027-05-01T10:00:00.000Z',
  decline_reason_code: null,
  decline_reason_note: null,
  confirmed_at: '2027-05-01T10:00:00.000Z',
  checked_in_at: null,
  checked_out_at: null,
  cancelled_at: null,
};
