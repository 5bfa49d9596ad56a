CREATE TABLE `order_intakes` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`idempotency_key` varchar(100) NOT NULL,
	`fingerprint` varchar(64) NOT NULL,
	`user_id` bigint unsigned NOT NULL,
	`request` text,
	`status` varchar(8) NOT NULL,
	`attempts` int NOT NULL,
	`due_at` datetime(3) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`response_body` longtext,
	CONSTRAINT `order_intakes_id` PRIMARY KEY(`id`),
	CONSTRAINT `order_intakes_key` UNIQUE(`idempotency_key`)
);
--> statement-breakpoint
CREATE INDEX `order_intakes_due` ON `order_intakes` (`status`,`due_at`,`created_at`);