# Sourced by the MySQL image's entrypoint when the data folder is new, after it has made the account
# in MYSQL_USER. `docker_process_sql` and `mysql_error` are the entrypoint's own.
if ! [[ "$MYSQL_USER" =~ ^[a-z]{1,32}$ ]]; then
  mysql_error 'MYSQL_USER must be 1 to 32 of a-z'
fi
if ! [[ "$EXPORTER_PASSWORD" =~ ^[A-Za-z0-9._~-]{8,64}$ ]]; then
  mysql_error 'EXPORTER_PASSWORD must be 8 to 64 of A-Z a-z 0-9 . _ ~ -'
fi
# PROCESS: the audit of a rehearsal looks for open transactions in information_schema.
docker_process_sql <<SQL
GRANT ALL PRIVILEGES ON \`stampede\\_%\`.* TO '$MYSQL_USER'@'%';
GRANT PROCESS ON *.* TO '$MYSQL_USER'@'%';
CREATE USER 'exporter'@'%' IDENTIFIED BY '$EXPORTER_PASSWORD' WITH MAX_USER_CONNECTIONS 3;
GRANT PROCESS, REPLICATION CLIENT ON *.* TO 'exporter'@'%';
GRANT SELECT ON performance_schema.* TO 'exporter'@'%';
SQL
