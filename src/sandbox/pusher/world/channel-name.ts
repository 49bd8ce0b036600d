/** Whether the service knows such a channel name. */
export function isChannelName(name: string): boolean {
  return /^[A-Za-z0-9_\-=@,.;]{1,164}$/.test(name);
}
