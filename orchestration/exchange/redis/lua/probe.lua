-- KEYS: a key. ARGV: how long it is kept (ms). Fails where scripts cannot write.
redis.call('SET', KEYS[1], 1, 'PX', ARGV[1])
