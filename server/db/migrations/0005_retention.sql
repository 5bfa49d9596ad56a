DROP INDEX `outbox_relayed` ON `outbox`;--> statement-breakpoint
ALTER TABLE `outbox` ADD `settled_at` datetime(3);--> statement-breakpoint
CREATE INDEX `idempotency_keys_created` ON `idempotency_keys` (`created_at`);--> statement-breakpoint
CREATE INDEX `outbox_open` ON `outbox` (`settled_at`,`relayed_at`,`id`);--> statement-breakpoint
UPDATE `sagas` SET `state` = json_remove(`state`, '$.payment.cardToken')
	WHERE json_contains_path(`state`, 'one', '$.payment.cardToken');--> statement-breakpoint
UPDATE `saga_steps` SET `state` = json_remove(`state`, '$.payment.cardToken')
	WHERE json_contains_path(`state`, 'one', '$.payment.cardToken');
