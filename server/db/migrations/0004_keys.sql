DROP INDEX `payments_reference` ON `payments`;--> statement-breakpoint
ALTER TABLE `orders` MODIFY COLUMN `idempotency_key` varchar(100);--> statement-breakpoint
ALTER TABLE `idempotency_keys` ADD `owner` varchar(36) DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE `payments` ADD CONSTRAINT `payments_reference` UNIQUE(`reference`);--> statement-breakpoint
UPDATE `orders` SET `idempotency_key` = NULL WHERE `idempotency_key` = concat('undone-', `id`) AND `cancel_reason` = 'undone';