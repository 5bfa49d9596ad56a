CREATE TABLE `balance_entries` (
	`reference` varchar(120) NOT NULL,
	`user_id` bigint unsigned NOT NULL,
	`amount_minor` bigint NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `balance_entries_reference` PRIMARY KEY(`reference`)
);
--> statement-breakpoint
CREATE TABLE `cart_items` (
	`id` bigint unsigned NOT NULL,
	`user_id` bigint unsigned NOT NULL,
	`option_id` bigint unsigned NOT NULL,
	`quantity` int NOT NULL,
	CONSTRAINT `cart_items_id` PRIMARY KEY(`id`),
	CONSTRAINT `cart_items_user_option` UNIQUE(`user_id`,`option_id`)
);
--> statement-breakpoint
CREATE TABLE `daily_popular_products` (
	`sold_date` date NOT NULL,
	`option_id` bigint unsigned NOT NULL,
	`total_sold` bigint NOT NULL,
	CONSTRAINT `daily_popular_products_sold_date_option_id_pk` PRIMARY KEY(`sold_date`,`option_id`)
);
--> statement-breakpoint
CREATE TABLE `effects` (
	`event_id` varchar(120) NOT NULL,
	`handler` varchar(20) NOT NULL,
	`status` varchar(8) NOT NULL,
	`attempts` int NOT NULL,
	`error` varchar(255),
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `effects_event_id_handler_pk` PRIMARY KEY(`event_id`,`handler`)
);
--> statement-breakpoint
CREATE TABLE `idempotency_keys` (
	`idempotency_key` varchar(100) NOT NULL,
	`fingerprint` varchar(64) NOT NULL,
	`locked_until` datetime(3) NOT NULL,
	`response_status` smallint,
	`response_body` longtext,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `idempotency_keys_idempotency_key` PRIMARY KEY(`idempotency_key`)
);
--> statement-breakpoint
CREATE TABLE `order_items` (
	`id` bigint unsigned NOT NULL,
	`order_id` bigint unsigned NOT NULL,
	`option_id` bigint unsigned NOT NULL,
	`quantity` int NOT NULL,
	`unit_price_minor` bigint NOT NULL,
	CONSTRAINT `order_items_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `orders` (
	`id` bigint unsigned NOT NULL,
	`user_id` bigint unsigned NOT NULL,
	`status` varchar(12) NOT NULL,
	`cancel_reason` varchar(12),
	`total_minor` bigint NOT NULL,
	`idempotency_key` varchar(100) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`expires_at` datetime(3) NOT NULL,
	CONSTRAINT `orders_id` PRIMARY KEY(`id`),
	CONSTRAINT `orders_idempotency_key` UNIQUE(`idempotency_key`)
);
--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`event_id` varchar(120) NOT NULL,
	`type` varchar(32) NOT NULL,
	`payload` json NOT NULL,
	`created_at` datetime(3) NOT NULL,
	`relayed_at` datetime(3),
	CONSTRAINT `outbox_id` PRIMARY KEY(`id`),
	CONSTRAINT `outbox_event` UNIQUE(`event_id`)
);
--> statement-breakpoint
CREATE TABLE `payments` (
	`id` bigint unsigned NOT NULL,
	`order_id` bigint unsigned NOT NULL,
	`live_order_id` bigint unsigned,
	`method` varchar(8) NOT NULL,
	`status` varchar(10) NOT NULL,
	`amount_minor` bigint NOT NULL,
	`reference` varchar(64) NOT NULL,
	`idempotency_key` varchar(100) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `payments_id` PRIMARY KEY(`id`),
	CONSTRAINT `payments_live_order` UNIQUE(`live_order_id`)
);
--> statement-breakpoint
CREATE TABLE `product_options` (
	`id` bigint unsigned NOT NULL,
	`product_id` bigint unsigned NOT NULL,
	`name` varchar(100) NOT NULL,
	`price_minor` bigint NOT NULL,
	`stock` int NOT NULL,
	`initial_stock` int NOT NULL,
	CONSTRAINT `product_options_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `products` (
	`id` bigint unsigned NOT NULL,
	`name` varchar(100) NOT NULL,
	CONSTRAINT `products_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `saga_steps` (
	`saga_id` bigint unsigned NOT NULL,
	`position` smallint NOT NULL,
	`name` varchar(32) NOT NULL,
	`status` varchar(8) NOT NULL,
	`state` json NOT NULL,
	CONSTRAINT `saga_steps_saga_id_position_pk` PRIMARY KEY(`saga_id`,`position`)
);
--> statement-breakpoint
CREATE TABLE `sagas` (
	`id` bigint unsigned AUTO_INCREMENT NOT NULL,
	`kind` varchar(20) NOT NULL,
	`idempotency_key` varchar(100) NOT NULL,
	`status` varchar(8) NOT NULL,
	`design` varchar(255) NOT NULL,
	`state` json NOT NULL,
	`attempts` int NOT NULL,
	`lease_until` datetime(3) NOT NULL,
	CONSTRAINT `sagas_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE TABLE `sequences` (
	`name` varchar(32) NOT NULL,
	`value` bigint unsigned NOT NULL,
	CONSTRAINT `sequences_name` PRIMARY KEY(`name`)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` bigint unsigned NOT NULL,
	`name` varchar(100) NOT NULL,
	`balance_minor` bigint NOT NULL,
	`initial_balance_minor` bigint NOT NULL,
	CONSTRAINT `users_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
CREATE INDEX `balance_entries_user` ON `balance_entries` (`user_id`);--> statement-breakpoint
CREATE INDEX `order_items_order` ON `order_items` (`order_id`);--> statement-breakpoint
CREATE INDEX `orders_status_expires` ON `orders` (`status`,`expires_at`);--> statement-breakpoint
CREATE INDEX `outbox_relayed` ON `outbox` (`relayed_at`,`id`);--> statement-breakpoint
CREATE INDEX `payments_order` ON `payments` (`order_id`);--> statement-breakpoint
CREATE INDEX `payments_idempotency_key` ON `payments` (`idempotency_key`);--> statement-breakpoint
CREATE INDEX `payments_reference` ON `payments` (`reference`);--> statement-breakpoint
CREATE INDEX `product_options_product` ON `product_options` (`product_id`);--> statement-breakpoint
CREATE INDEX `sagas_status_lease` ON `sagas` (`status`,`lease_until`);--> statement-breakpoint
CREATE INDEX `sagas_idempotency_key` ON `sagas` (`idempotency_key`);