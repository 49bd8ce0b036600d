/** Checks the characters and the length of a channel name by Pusher's rules. */
export function isChannelName(name: string): boolean {
  return /^[A-Za-z0-9_\-=@,.;]{1,164}$/.test(name);
}
