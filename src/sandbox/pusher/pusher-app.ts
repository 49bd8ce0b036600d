/** A Pusher application: the id for URLs, the public key for clients, the secret for signatures. */
export interface PusherApp {
  readonly appId: string;
  readonly key: string;
  readonly secret: string;
}

/** The default application. The secret is public: every client that reaches the sandbox may use the application. */
export const SANDBOX_APP: PusherApp = { appId: 'holdfast', key: 'sandbox-key', secret: 'sandbox-secret' };
