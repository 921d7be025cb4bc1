import { Client } from 'pg';
import { z } from 'zod';

export const used = [Client, z];
