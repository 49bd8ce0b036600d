/** A refused request in Pusher's format: a status and a plain-text sentence. */
export class PusherFailure extends Error {
  override name = 'PusherFailure';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
