import { describe, expect, it } from 'vitest';
import { ERROR_STATUS, type ErrorCode, invalid, RequestError } from '../../shared/domain/errors.ts';

describe('a refusal', () => {
  it.each(Object.entries(ERROR_STATUS) as [ErrorCode, number][])('%s is a %d', (code, status) => {
    const error = new RequestError(code, 'No.');
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.status, error.message]).toEqual(['RequestError', code, status, 'No.']);
    expect([error.details, error.headers]).toEqual([[], {}]);
  });

  it('about a field names it in the message and in the details', () => {
    const error = invalid('messages.0.delay', 'must not be negative');
    expect(error.code).toBe('invalid_request');
    expect(error.message).toBe('messages.0.delay must not be negative');
    expect(error.details).toEqual([{ path: 'messages.0.delay', message: 'must not be negative' }]);
  });

  it('about the whole request has no path before its message', () =>
    expect(invalid('', 'must be an object').message).toBe('must be an object'));

  it('can have a code of its own', () =>
    expect(invalid('messages.0.touchpoint', 'is required', 'touchpoint_required').code).toBe('touchpoint_required'));
});
