"""Stop with a sentence when the database or the cache of `make test-mysql` cannot be reached."""

import os
import sys

import environ
import MySQLdb
import redis

database = environ.Env().db("DATABASE_URL")
if "mysql" not in database["ENGINE"]:
    sys.exit("DATABASE_URL is not that of a MariaDB or MySQL server.")
try:
    MySQLdb.connect(
        host=database["HOST"], port=database["PORT"] or 3306, user=database["USER"], password=database["PASSWORD"]
    ).close()
except MySQLdb.Error as error:
    sys.exit(f"MariaDB at {database['HOST']}:{database['PORT']} cannot be used (set DATABASE_URL): {error}")
try:
    redis.Redis.from_url(os.environ["REDIS_URL"], socket_connect_timeout=5).ping()
except redis.RedisError as error:
    sys.exit(f"Redis at {os.environ['REDIS_URL']} cannot be used (set REDIS_URL): {error}")
