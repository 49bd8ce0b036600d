import type { AgentTool } from './agent-tool.ts';
import { cancelBookingTool } from './tools/cancel-booking.ts';
import { checkAvailabilityTool } from './tools/check-availability.ts';
import { createBookingTool } from './tools/create-booking.ts';
import { findBookingTool } from './tools/find-booking.ts';
import { getQuoteTool } from './tools/get-quote.ts';
import { listServicesTool } from './tools/list-services.ts';
import { rescheduleBookingTool } from './tools/reschedule-booking.ts';

/** All tools, served over plain JSON, envelopes and MCP. */
export const AGENT_TOOLS: readonly AgentTool[] = [
  listServicesTool,
  checkAvailabilityTool,
  getQuoteTool,
  createBookingTool,
  findBookingTool,
  rescheduleBookingTool,
  cancelBookingTool,
];

export function findTool(name: string): AgentTool | undefined {
  return AGENT_TOOLS.find((tool) => tool.name === name);
}
