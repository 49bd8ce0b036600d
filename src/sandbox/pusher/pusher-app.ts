/** One application as the service knows it: its number in addresses, its key in clients, its secret in signatures. */
export interface PusherApp {
  readonly appId: string;
  readonly key: string;
  readonly secret: string;
}

/** The application there is unless another is named. Nothing about it is secret: whoever reaches the sandbox may use it. */
export const SANDBOX_APP: PusherApp = { appId: 'holdfast', key: 'sandbox-key', secret: 'sandbox-secret' };
