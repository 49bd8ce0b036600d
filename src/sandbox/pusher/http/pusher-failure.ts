/** A request refused as the service refuses it: a status, and a sentence as plain text. */
export class PusherFailure extends Error {
  override name = 'PusherFailure';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
